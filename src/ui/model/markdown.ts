/** Text from a bundle or a container where VS Code would read more into it, and where it must stay text. */
import { visible } from '../../core/text/visible';

/**
 * `text` without what VS Code takes for a link in messages, progress and the texts of input boxes:
 * `[label](command:…)`. They know no escapes, so the two brackets are moved apart.
 */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

/** `text` as literal Markdown: no link, image, HTML or icon comes of it, and it stays on one line. */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]()#+\-.!|~<>$&:@/"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/ {2,}/g, (spaces) => '&nbsp;'.repeat(spaces.length));
}
