/** Text from a bundle or a container inside a Markdown tooltip, where it must stay text. */
import { visible } from '../../core/text/visible';

/** `text` as literal Markdown: no link, image, HTML or icon comes of it, and it stays on one line. */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/[\\`*_{}[\]()#+\-.!|~<>$&:@/"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/ {2,}/g, (spaces) => '&nbsp;'.repeat(spaces.length));
}
