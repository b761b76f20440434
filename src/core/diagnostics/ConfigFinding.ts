/** What is wrong with a config.json, at a place of it. Made by checkConfig and checkPlan. */
export interface ConfigFinding {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** `error` where a start would fail. */
  readonly severity: 'error' | 'warning' | 'information';
}
