// What the browser has made of the style sheets of a page.

/** @typedef {import('playwright-core').Locator} Locator */

/**
 * @param {Locator} place
 * @param {string} property in CSS's words
 * @returns {Promise<string>}
 */
export function computedStyle(place, property) {
  return place.evaluate(
    (element, name) => window.getComputedStyle(element).getPropertyValue(name),
    property,
  );
}

/**
 * How legible texts are, as WCAG 2.2 defines it.
 * @param {Locator} texts
 * @returns {Promise<number>} the least contrast with the background of the page, from 1 to 21
 */
export function leastContrast(texts) {
  return texts.evaluateAll((all) => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const paper = /** @type {CanvasRenderingContext2D} */ (canvas);
    const ground = window.getComputedStyle(document.body).backgroundColor;
    /** @param {string[]} colours painted one over the other */
    const luminance = (...colours) => {
      for (const colour of colours) {
        paper.fillStyle = colour;
        paper.fillRect(0, 0, 1, 1);
      }
      const [red = 0, green = 0, blue = 0] = [...paper.getImageData(0, 0, 1, 1).data].map(
        (value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4),
      );
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = luminance(ground);
    const contrasts = all.map((element) => {
      const text = luminance(ground, window.getComputedStyle(element).color);
      return (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
    });
    return Math.min(...contrasts);
  });
}
