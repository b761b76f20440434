// A lesson that comes along, for root, sudo and rootless.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lessonFor, lessonPrivileges } from '../../../../src/core/lesson/lessonFor';
import { parseLesson } from '../../../../src/core/lesson/parseLesson';
import { projectRoot } from '../../../host/project.mjs';

const block = (command: string) => `\`\`\`sh\n${command}\n\`\`\`\n`;

describe('lessonFor', () => {
  it('makes of sudo what each needs', () => {
    const unshare = block('sudo unshare --pid bash');
    assert.equal(lessonFor(unshare, 'sudo'), unshare);
    assert.equal(lessonFor(unshare, 'root'), block('unshare --pid bash'));
    assert.equal(lessonFor(unshare, 'rootless'), block('unshare --map-root-user --pid bash'));
    const other = block('true\nsudo chroot box');
    assert.equal(lessonFor(other, 'root'), block('true\nchroot box'));
    assert.equal(lessonFor(other, 'rootless'), block('true\nunshare --map-root-user chroot box'));
  });

  it('leaves sudo in prose, in other blocks and within a line', () => {
    const text = `sudo unshare\n\n\`\`\`python\nsudo unshare\n\`\`\`\n\n${block('echo sudo unshare')}`;
    for (const privilege of lessonPrivileges) assert.equal(lessonFor(text, privilege), text);
  });

  it('has the parts that are for a privilege', () => {
    const text =
      'a\n\n<!-- root sudo -->\n\nb\n\n<!-- rootless -->\n\nc\n\n<!-- end -->\n\nd\n\n<!-- other -->\n';
    assert.equal(lessonFor(text, 'root'), 'a\n\nb\n\nd\n\n<!-- other -->\n');
    assert.equal(lessonFor(text, 'sudo'), 'a\n\nb\n\nd\n\n<!-- other -->\n');
    assert.equal(lessonFor(text, 'rootless'), 'a\n\nc\n\nd\n\n<!-- other -->\n');
  });

  it('leaves out a part up to the end of the file', () => {
    assert.equal(lessonFor('a\n\n<!-- root -->\n\nb\n', 'rootless'), 'a\n\n');
  });

  const folder = join(projectRoot(), 'media/lessons');
  for (const file of readdirSync(folder))
    it(`keeps ${file} short, with a question first and an answer`, () => {
      const markdown = readFileSync(join(folder, file), 'utf8');
      for (const privilege of lessonPrivileges) {
        const text = lessonFor(markdown, privilege);
        const code = parseLesson(Buffer.from(text)).cells.filter(({ kind }) => kind !== 'prose');
        assert.doesNotMatch(text, /<!--/);
        if (privilege !== 'sudo')
          for (const cell of code) assert.doesNotMatch(cell.text, /\bsudo\b/, privilege);
        if (file.startsWith('a-container-in')) continue;
        assert.ok(code.length >= 3 && code.length <= 7, `${privilege}: ${code.length} cells`);
        assert.match(text, /^# .*\n\n\*\*Question\.\*\* .*\?[^]*```[^]*^\*\*Answer\.\*\* /m);
      }
    });
});
