// README.md as the extension's page in VS Code and the Marketplace can show it.

const markdownLink = /(!?)\[((?:[^\][]|\[[^\][]*\])*)\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;

/**
 * Without a repository a relative link has nothing to be relative to: the page would show a dead
 * link, and no picture. `data:` is no way out: VS Code takes it from the page since 1.103
 * (https://github.com/microsoft/vscode-vsce/issues/1196), and vsce publishes none. So pictures are
 * left out, and links become their text. Where package.json names a repository, vsce makes
 * relative links absolute itself.
 * @param {string} markdown
 * @returns {string}
 */
export function withoutRelativeLinks(markdown) {
  return markdown
    .replace(markdownLink, (whole, image, text, target) => {
      if (isAbsolute(target)) return whole;
      if (image) return '';
      return text.includes(target) ? text : `${text} (${target})`;
    })
    .replace(/\n{3,}/g, '\n\n');
}

/**
 * @param {string} target
 * @returns {boolean} whether the page can follow it: `#heading` is on the page itself
 */
export function isAbsolute(target) {
  return /^(https:|mailto:|#)/.test(target);
}

/**
 * @param {string} markdown
 * @returns {string[]} what its links and pictures name
 */
export function linkTargets(markdown) {
  return [...markdown.matchAll(markdownLink)].map(
    ([, , , target]) => /** @type {string} */ (target),
  );
}
