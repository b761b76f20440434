/** The page's end of the line to its panel (showWebviewPage.ts). Used by each page once. */

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  /** VS Code keeps it over a reload of the window. */
  setState(state: unknown): void;
  getState(): unknown;
};

export interface Page<Request, State> {
  post(message: Request): void;
  /** Hands a state to VS Code, which keeps it over a reload of the window. */
  keep(state: State): void;
  /** What VS Code has kept, perhaps of another version. */
  readonly kept: unknown;
}

/**
 * Says `ready` once the page has set up all that `hear` uses.
 * @param parse answers undefined for what the panel does not send
 */
export function openPage<Message, Request, State>(
  parse: (message: unknown) => Message | undefined,
  hear: (message: Message) => void,
): Page<Request | { readonly kind: 'ready' }, State> {
  const vscode = acquireVsCodeApi();
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = parse(data);
    if (message) hear(message);
  });
  queueMicrotask(() => vscode.postMessage({ kind: 'ready' }));
  return {
    post: (message) => vscode.postMessage(message),
    keep: (state) => vscode.setState(state),
    get kept() {
      return vscode.getState();
    },
  };
}
