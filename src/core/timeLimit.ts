/** A signal that aborts after a time, or with another one. Used where somebody is waited for who need not answer. */

/**
 * When it collects garbage Node 20 forgets a timeout that AbortSignal.any alone has: its signal then never aborts. A
 * listener of its own keeps it.
 * @param ms in milliseconds; the reason then is a `TimeoutError`
 * @param signal whose reason counts where that aborts first
 */
export function timeLimit(ms: number, signal?: AbortSignal): AbortSignal {
  const timeout = AbortSignal.timeout(ms);
  if (!signal) return timeout;
  timeout.addEventListener('abort', () => undefined, { once: true });
  return AbortSignal.any([signal, timeout]);
}
