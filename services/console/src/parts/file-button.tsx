import type { ReactElement } from 'react';

/** Chooses files of this computer. */
export function FileButton(props: {
  says: string;
  accept?: string;
  testId?: string;
  onFiles: (files: File[]) => void;
}): ReactElement {
  return (
    <label className="button button-small file-button">
      {props.says}
      <input
        type="file"
        className="unseen"
        multiple
        data-testid={props.testId}
        {...(props.accept && { accept: props.accept })}
        onChange={({ target }) => {
          props.onFiles(Array.from(target.files ?? []));
          target.value = '';
        }}
      />
    </label>
  );
}
