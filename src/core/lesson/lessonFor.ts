/**
 * A lesson that comes along, as the person will run it: as root, with sudo, or rootless. Pure. Called by the
 * file system of these lessons, and by the tests that run them.
 */
import { findFences } from './findFences';
import { shellBlockOf } from './shellBlock';

export const lessonPrivileges = ['root', 'sudo', 'rootless'] as const;
export type LessonPrivilege = (typeof lessonPrivileges)[number];

/** A comment alone on its line: what follows is for these, up to the next such comment. */
const onlyFor = /^<!-- (root|sudo|rootless|end)((?: (?:root|sudo|rootless))*) -->\n+/gm;

/**
 * Written are lessons with sudo. Root needs none; rootless, a user namespace makes the person root in it.
 * Parts behind `<!-- root sudo -->` are for these alone, and `<!-- end -->` ends such a part.
 * @param markdown the lesson as it was written; lines end with LF
 */
export function lessonFor(markdown: string, privilege: LessonPrivilege): string {
  return withPrivilege(partsFor(markdown, privilege), privilege);
}

function partsFor(markdown: string, privilege: LessonPrivilege): string {
  let kept = '';
  let [from, isKept] = [0, true];
  for (const { index, 0: comment, 1: first, 2: others } of markdown.matchAll(onlyFor)) {
    if (isKept) kept += markdown.slice(from, index);
    from = index + comment.length;
    isKept = first === 'end' || `${first}${others}`.split(' ').includes(privilege);
  }
  return isKept ? kept + markdown.slice(from) : kept;
}

/** In shell blocks alone: prose may speak of sudo. */
function withPrivilege(markdown: string, privilege: LessonPrivilege): string {
  if (privilege === 'sudo') return markdown;
  const asRoot = privilege === 'root' ? '' : 'unshare --map-root-user ';
  let [text, from] = ['', 0];
  for (const { info, bodyStart, bodyEnd } of findFences(markdown, 0)) {
    const body = markdown.slice(bodyStart, bodyEnd);
    if (!shellBlockOf(info, body)) continue;
    const unshare = privilege === 'root' ? 'unshare ' : asRoot;
    text += markdown.slice(from, bodyStart);
    text += body.replace(/^sudo unshare /gm, unshare).replace(/^sudo /gm, asRoot);
    from = bodyEnd;
  }
  return text + markdown.slice(from);
}
