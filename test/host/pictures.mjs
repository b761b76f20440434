// Pictures for the documentation: PNGs with few colours, and several of them as one that moves (APNG).
// Loaded by `npm run screenshots` alone.

import UPNG from 'upng-js';

/** A window of VS Code has some thousand shades, most of them at the edges of letters. */
const colours = 128;

/**
 * @typedef {object} Frame
 * @property {Buffer} png
 * @property {number} milliseconds
 */

/**
 * @param {Buffer} png
 * @returns {Buffer} the same picture, a third of the size
 */
export function shrinkPicture(png) {
  return movingPicture([{ png, milliseconds: 0 }]);
}

/**
 * @param {readonly Frame[]} frames all of one size
 * @returns {Buffer} an APNG: what cannot show it moving shows its first frame
 */
export function movingPicture(frames) {
  const images = frames.map(({ png }) => UPNG.decode(png));
  const { width, height } = images[0];
  return Buffer.from(
    UPNG.encode(
      images.map((image) => UPNG.toRGBA8(image)[0]),
      width,
      height,
      colours,
      frames.map(({ milliseconds }) => milliseconds),
    ),
  );
}
