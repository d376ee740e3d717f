/** Words separated by commas of either width, or by 、 */
export const listOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[、,，;；\n]/u)
      .map((each) => each.trim())
      .filter(Boolean),
  ),
];
