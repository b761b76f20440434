/** A process as a client names it. The start time says apart two that had one PID. */
export interface ProcessName {
  /** In the container. */
  readonly pid: number;
  /** Field 22 of stat. */
  readonly startTime: string;
}
