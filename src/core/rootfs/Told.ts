/** What the check of a rootfs has found, up to a number. Used by checkRootfs.ts. */
import { namesTold } from '../../protocol/ownership';
import type { RootfsCheck, RootfsMark } from '../../protocol/rootfsCheck';
import type { RootfsFault } from './RootfsFault';

/** More are not for people to read. */
const maxTold = 5000;

export class Told {
  files = 0;
  readonly missing: string[] = [];
  private left = 0;
  private readonly faults: RootfsFault[] = [];
  private readonly marks: RootfsMark[] = [];
  private readonly closed = { count: 0, names: [] as string[] };

  fault(fault: RootfsFault): void {
    if (this.faults.length < maxTold) this.faults.push(fault);
    else this.left++;
  }

  mark(mark: RootfsMark): void {
    if (this.marks.length < maxTold) this.marks.push(mark);
    else this.left++;
  }

  close(inside: string): void {
    this.closed.count++;
    if (this.closed.names.length < namesTold) this.closed.names.push(inside);
  }

  result(): RootfsCheck {
    const { faults, marks, left, files, closed, missing } = this;
    return { faults, marks, left, files, closed, missing };
  }
}
