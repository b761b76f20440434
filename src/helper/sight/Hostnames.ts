/** Hostnames by UTS namespace: to find one out costs a process, so each is asked for once in a while. Used by `SightWatcher`. */
import { existsSync } from 'node:fs';
import { type Hostname, type HostnamePlace, hostnameOf } from './hostnameOf';

/** How long an answer counts, in milliseconds. */
const usualAge = 2000;

export class Hostnames {
  readonly #known = new Map<string, { readonly at: number; readonly name: Promise<Hostname> }>();

  constructor(
    private readonly ask: (place: HostnamePlace) => Promise<Hostname> = hostnameOf,
    private readonly now: () => number = () => performance.now(),
    private readonly maxAge = usualAge,
  ) {}

  /** @param uts the inode of its UTS namespace; unknown where the kernel did not tell it */
  of(place: HostnamePlace, uts: string | undefined): Promise<Hostname> {
    if (uts === undefined || place.isHosts) return this.ask(place);
    // Who may be entered for its name is a question of the process, not of the namespace.
    const key = `${uts} ${place.mayEnterUsers}`;
    const known = this.#known.get(key);
    if (known && this.now() - known.at < this.maxAge) return known.name;
    const name = this.ask(place);
    const answer = { at: this.now(), name };
    this.#known.set(key, answer);
    // The process has ended: of the namespace, which others are in, that says nothing.
    const forget = (found: Hostname) => {
      if (
        'unknown' in found &&
        !existsSync(`/proc/${place.pid}`) &&
        this.#known.get(key) === answer
      )
        this.#known.delete(key);
      return found;
    };
    return name.then(forget);
  }

  /** Forgets namespaces that nobody has asked about for ten times as long as an answer counts. */
  sweep(): void {
    for (const [key, { at }] of this.#known)
      if (this.now() - at > 10 * this.maxAge) this.#known.delete(key);
  }
}
