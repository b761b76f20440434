/** The types of our panels, as package.json names them in `onWebviewPanel`. */

/** CPU and memory of one container. */
export const usageView = 'terrarium.usage';
/** The picture of all containers. */
export const pictureView = 'terrarium.picture';
/** What each process sees. */
export const sightView = 'terrarium.sight';
