/** A promise that waits until it is let go: stands for a read that a process holds up. */
export interface Gate {
  readonly opened: Promise<string>;
  readonly open: () => void;
}

export function gate(): Gate {
  let open!: () => void;
  const opened = new Promise<string>((resolve) => (open = () => resolve('late')));
  return { opened, open };
}
