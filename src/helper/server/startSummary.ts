/**
 * The lines between the last step of a start and the program of the container. They name commands of
 * the editor, which makes links of them (ui/terminal/startLinks.ts). Called by StartAnnouncer.ts.
 */
const [dim, yellow, underlined, plain] = ['\x1b[2m', '\x1b[33m', '\x1b[4m', '\x1b[0m'];

/** @param steps how many were announced; 0 for a start that failed, which has no sequence to go back to */
export function startSummary(steps: number, warnings: number): string {
  return [
    ...(warnings > 0 ? [line(yellow, '!', warnings, 'warning', 'Show Warnings')] : []),
    ...(steps > 0 ? [line(dim, '#', steps, 'step', 'Show Start Sequence', ' in all')] : []),
  ].join('');
}

function line(
  colour: string,
  mark: string,
  count: number,
  what: string,
  command: string,
  more = '',
): string {
  const counted = `${count} ${what}${count === 1 ? '' : 's'}${more}`;
  const link = `${plain}${underlined}Terrarium: ${command}${plain}`;
  return `${colour}${mark} ${counted} (${link}${colour})${plain}\r\n`;
}
