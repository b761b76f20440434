/** Escapes text of a bundle or container where VS Code would find links or Markdown in it. Used by notifications and tooltips. */
import { escapeControlCharacters } from '../../core/text/escapeControlCharacters';

/**
 * `text` without links. VS Code makes `[label](command:…)` a link in notifications, progress and input
 * boxes, and has no escape there, so the two brackets are separated.
 */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

/** `text` as literal Markdown on one line: no link, image, HTML or icon. */
export function escapeMarkdown(text: string): string {
  return escapeControlCharacters(text)
    .replace(/[\\`*_{}[\]()#+\-.!|~<>$&:@/"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/ {2,}/g, (spaces) => '&nbsp;'.repeat(spaces.length));
}
