/**
 * How often a test runs a race. TERRARIUM_RACE_RUNS says it for all of them (npm run races: 1,000), and each test
 * what is usual for it.
 */
const asked = process.env.TERRARIUM_RACE_RUNS;

export function roundsOf(usual: number): number {
  return asked === undefined ? usual : Number(asked);
}

/**
 * What such a test may take, in milliseconds.
 * @param rounds that it runs
 * @param perRound what a round takes at most on a busy machine
 */
export function timeoutOf(rounds: number, perRound = 1000): number {
  return 120_000 + rounds * perRound;
}
