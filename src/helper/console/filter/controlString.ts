/** Which control strings (OSC, DCS) may pass. Called by OutputFilter.ts. */

const maxTitle = 256;
/** What VTE takes. */
const maxAddress = 2083;
const maxColours = 256;

/** Control characters, and marks that change how a title's neighbours are shown ("Trojan Source"). */
const notInTitle = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** X11's ways to say a colour (XParseColor), and the question for it. */
const colour = /^(?:\?|#[\da-f]{3,12}|rgb:[\da-f]{1,4}\/[\da-f]{1,4}\/[\da-f]{1,4})$/i;
const webAddress = /^https?:\/\/[!-~]+$/i;

/**
 * An allow-list: titles, colours, links to the web. Everything else acts on more than the screen, here or
 * in another terminal: the clipboard (52), notifications (9, 99, 777), files (1337), and what the editor
 * believes of commands and folders (7, 133, 633).
 * @param content between introducer and terminator
 */
export function allowSystemCommand(content: Buffer): string | undefined {
  const text = content.toString();
  const [, code = '', rest = ''] = /^(\d{1,4})(?:;(.*))?$/s.exec(text) ?? [];
  switch (code) {
    case '0':
    case '1':
    case '2':
      return `${code};${[...rest.replace(notInTitle, '')].slice(0, maxTitle).join('')}`;
    case '4':
      return indexedColours(rest);
    case '10':
    case '11':
    case '12':
      return rest.split(';').every((one) => colour.test(one)) ? `${code};${rest}` : undefined;
    case '104':
      return rest === ''
        ? code
        : /^\d{1,3}(?:;\d{1,3})*$/.test(rest)
          ? `${code};${rest}`
          : undefined;
    case '110':
    case '111':
    case '112':
      return code;
    case '8':
      return hyperlink(rest);
    default:
      return undefined;
  }
}

function indexedColours(text: string): string | undefined {
  const words = text.split(';');
  const pairs: string[] = [];
  for (let i = 0; i + 1 < words.length && pairs.length < maxColours; i += 2) {
    const [index = '', value = ''] = words.slice(i, i + 2);
    if (/^\d{1,3}$/.test(index) && colour.test(value)) pairs.push(`${index};${value}`);
  }
  return pairs.length > 0 ? `4;${pairs.join(';')}` : undefined;
}

/** A link that leads anywhere but to the web is closed instead: its text stays. */
function hyperlink(text: string): string {
  const [parameters = '', ...rest] = text.split(';');
  const address = rest.join(';');
  if (address.length > maxAddress || !webAddress.test(address)) return '8;;';
  const [, id] = /(?:^|:)id=([!-9<-~]{1,250})(?:$|:)/.exec(parameters) ?? [];
  return `8;${id === undefined ? '' : `id=${id}`};${address}`;
}

/**
 * Two questions: for settings that are known to have harmless answers (DECRQSS), and for terminal
 * capabilities (XTGETTCAP). Not: pictures (sixel), keys (DECUDK), what goes through to an outer terminal.
 */
export function allowDeviceControl(content: Buffer): string | undefined {
  const text = content.toString('latin1');
  return /^\$q(?:m|r| q|"q|"p)$/.test(text) || /^\+q[\da-f]{2,512}(?:;[\da-f]{2,512})*$/i.test(text)
    ? text
    : undefined;
}
