/** `helper.js import SOURCE BUNDLE`: a bundle from an archive, an image or a folder. */
import { startingPoints } from '../../core/config/templates';
import { allowedFolders } from '../host/allowedFolders';
import { personOf } from '../host/gatherFacts';
import { importBundle } from '../image/importBundle';
import { usualLimits } from '../image/Meter';
import type { Call, OfBundles } from './parseCall';
import { reportedTask } from './reportedTask';

/** @returns what was made, and what could not be kept, as JSON */
export function importCommand(
  call: Extract<Call, { command: 'import' }> & OfBundles,
): Promise<string> {
  const {
    source,
    bundle,
    platform,
    startingPoint,
    maxSize,
    progress,
    watched,
    callersRights,
    layer,
    vouched,
  } = call;
  const allowed = allowedFolders(call.rootfsBelow);
  return reportedTask('import', progress, (reporting) =>
    importBundle({
      ...{
        source,
        bundle,
        platform,
        watched,
        callersRights,
        layer,
        allowed,
        vouched,
        person: personOf(process.env),
        ...reporting,
      },
      startingPoint: startingPoints.find(({ id }) => id === startingPoint)!,
      limits: maxSize === undefined ? usualLimits : { bytes: maxSize, ratio: Infinity },
    }),
  );
}
