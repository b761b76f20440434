/** A word as Markdown for a hover or tooltip. */
import { escapeMarkdown } from '../markdown';
import type { Word } from './WordTable';

/** @param name what it is about; raw: it may come from a container */
export function wordMarkdown(name: string, { text, section }: Word): string {
  return `**${escapeMarkdown(name)}**: ${text} ${section}`;
}
