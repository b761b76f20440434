/** "Save the Picture as SVG…": asks where, and writes what the picture shows at this moment. */
import type { Services } from '../services/Services';
import { PicturePanel } from '../views/picture/PicturePanel';

/** @throws TerrariumError `no-picture`; Error of the file system */
export async function run(services: Services): Promise<void> {
  await PicturePanel.save(services);
}
