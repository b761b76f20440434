/** Where the places that config.json names are in the waiting container. Used by the last look before "go". */
import { lookBudget } from '../../../core/fs/lookBudget';
import { withInside } from '../../../core/fs/openInside';

/** @returns the path in the container, without links on the way where those are followed */
export type PlaceInside = (place: string) => string;

/**
 * terrarium-init follows links inside the root, as runc and crun do (openat2(2), RESOLVE_IN_ROOT), and so
 * does this.
 * @param root host path of the container's root
 * @param places absolute, as seen in the container
 * @param isThere whether there is a mount at that very place: no link leads there then
 */
export async function placesInside(
  root: string,
  places: readonly string[],
  isThere: (place: string) => boolean,
): Promise<PlaceInside> {
  const moved = new Map<string, string>();
  const budget = lookBudget();
  const unknown = [...new Set(places)].filter((place) => !isThere(place));
  await Promise.all(
    unknown.map(async (place) => {
      const inside = await withInside(root, place, (found) => found.inside, budget);
      if (inside !== undefined) moved.set(place, inside);
    }),
  );
  return (place) => moved.get(place) ?? place;
}
