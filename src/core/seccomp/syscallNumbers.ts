/** The numbers of system calls by name, out of the generated tables. */
import { syscallTables } from './syscallTables';

export type TableName = keyof typeof syscallTables;

const read = new Map<TableName, ReadonlyMap<string, number>>();

/** Of one architecture; two names may have one number (Arm's sync_file_range2). */
export function syscallNumbers(table: TableName): ReadonlyMap<string, number> {
  let numbers = read.get(table);
  if (!numbers) read.set(table, (numbers = parseTable(syscallTables[table])));
  return numbers;
}

/** Whether one of the tables has it. */
export function isSyscallName(name: string): boolean {
  return Object.keys(syscallTables).some((table) => syscallNumbers(table as TableName).has(name));
}

function parseTable(text: string): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  let next = 0;
  for (const word of text.trim().split(/\s+/))
    if (/^\d/.test(word)) next = Number(word);
    else numbers.set(word, next++);
  return numbers;
}
