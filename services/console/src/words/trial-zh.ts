/** Words of a test that leaves a draft. */
export const trialZh = {
  'trial.draft':
    '在公众号草稿箱里建一份标题带“【测试】”的草稿：登录、权限、封面和建草稿都会真正试到，但不发布，读者什么也看不到。',
  'trial.made': '测试草稿还在公众号的草稿箱里。可在这里删除，也可登录公众平台，在“草稿箱”里删除。',
  'trial.undo': '删除测试草稿',
  'trial.undone': '测试草稿已删除。',
  'trial.notUndone': '没有删除成功，请到公众平台的“草稿箱”里删除：{detail}',
} as const;
