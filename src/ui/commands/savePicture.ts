/** "Save the Picture as SVG…": asks where, and writes what the picture shows at this moment. */
import type { Services } from '../services/Services';

/** @throws TerrariumError `no-picture`; Error of the file system */
export async function run(services: Services): Promise<void> {
  const { PicturePanel } = await import('../views/panels');
  await PicturePanel.save(services);
}
