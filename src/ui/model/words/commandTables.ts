/** All commands, and their options by `command option`. Called by `word`. */
import type { Translate } from '../translate';
import { fileCommands } from './commands/fileCommands';
import { mountCommands } from './commands/mountCommands';
import { namespaceCommands } from './commands/namespaceCommands';
import { privilegeCommands } from './commands/privilegeCommands';
import { processCommands } from './commands/processCommands';
import { shellWords } from './commands/shellWords';
import type { Commands, Table } from './WordTable';

const commands = (t: Translate): Commands => ({
  ...namespaceCommands(t),
  ...mountCommands(t),
  ...privilegeCommands(t),
  ...processCommands(t),
  ...fileCommands(t),
  ...shellWords(t),
});

export function commandTable(t: Translate): Table {
  return Object.fromEntries(
    Object.entries(commands(t)).map(([name, { text, section }]) => [name, [text, section]]),
  );
}

export function optionTable(t: Translate): Table {
  return Object.fromEntries(
    Object.entries(commands(t)).flatMap(([command, { options = {}, section }]) =>
      Object.entries(options).map(([names, text]) => [
        names
          .split(', ')
          .map((name) => `${command} ${name}`)
          .join(', '),
        [text, section],
      ]),
    ),
  );
}
