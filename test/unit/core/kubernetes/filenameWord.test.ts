/** One file is one file for kubectl, whatever its path has in it. */
import assert from 'node:assert/strict';
import { filenameWord } from '../../../../src/core/kubernetes/filenameWord';

describe('filenameWord', () => {
  it('is one field of CSV', () => {
    const words: Readonly<Record<string, string>> = {
      '/a/pod.yaml': '/a/pod.yaml',
      '/a b/pod=1.yaml': '/a b/pod=1.yaml',
      '/k8s,/a/pod.yaml': '"/k8s,/a/pod.yaml"',
      '/k8s\n/pod.yaml': '"/k8s\n/pod.yaml"',
      '/a/"b",c.yaml': '"/a/""b"",c.yaml"',
    };
    for (const [file, field] of Object.entries(words))
      assert.equal(filenameWord(file), `--filename=${field}`);
  });
});
