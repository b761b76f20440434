/** References to images in registries, and what is told where skopeo fails. */
import assert from 'node:assert/strict';
import {
  isReference,
  parseReference,
  pinnedTo,
  referenceText,
} from '../../../../src/core/image/reference';
import { skopeoFailure } from '../../../../src/core/image/skopeoFailure';

const digest = `sha256:${'a1'.repeat(32)}`;

describe('a reference to an image', () => {
  for (const [text, name, tag, ofDigest] of [
    ['docker://box', 'box', undefined, undefined],
    ['docker://some/box:1.0-b_c', 'some/box', '1.0-b_c', undefined],
    ['docker://localhost:5000/a/b/c', 'localhost:5000/a/b/c', undefined, undefined],
    ['docker://[::1]:5000/a:t', '[::1]:5000/a', 't', undefined],
    [`docker://r.example/a@${digest}`, 'r.example/a', undefined, digest],
  ] as const)
    it(`${text} is read, and written again`, () => {
      const reference = parseReference(text);
      assert.deepEqual(reference, { name, tag, digest: ofDigest });
      assert.equal(referenceText(reference), text);
    });

  for (const text of [
    ...[
      'docker://',
      'docker://some/Case',
      'docker://a b',
      'docker://a:',
      'docker://-a',
      'docker://a//b',
    ],
    ...[
      `docker://a:t@${digest}`,
      'docker://a@sha256:12',
      'docker://a@md5:0',
      'docker://a\n',
      'docker://../a',
    ],
    `docker://${'a'.repeat(500)}`,
  ])
    it(`${JSON.stringify(text).slice(0, 60)} is refused`, () => {
      assert.throws(() => parseReference(text), { code: 'reference-invalid' });
    });

  it('keeps its digest and loses its tag where it is pinned', () => {
    const pinned = pinnedTo(parseReference('docker://r.example:5/a:t'), digest);
    assert.equal(referenceText(pinned), `docker://r.example:5/a@${digest}`);
  });

  it('is no path', () => {
    assert.equal(isReference('docker://a'), true);
    assert.equal(isReference('./docker://a'), false);
    assert.equal(isReference('/docker:/a'), false);
  });
});

describe('a failure of skopeo', () => {
  const fatal = (message: string) =>
    `Getting image source signatures\ntime="2026-01-01T00:00:00Z" level=fatal msg=${JSON.stringify(message)}\n`;
  for (const [message, remedy] of [
    [
      'reading manifest 1 in r.example/a: unauthorized: authentication required',
      /skopeo login r\.example”/,
    ],
    ['reading manifest 1 in r.example/a: manifest unknown', /name and the tag/],
    [
      'Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client',
      /registries\.conf/,
    ],
    [
      'Get "https://r.example/v2/": x509: certificate signed by unknown authority',
      /certs\.d\/r\.example/,
    ],
    [
      'Source image rejected: Running image docker://a is rejected by policy.',
      /containers-policy\.json/,
    ],
    ['toomanyrequests: You have reached your pull rate limit', /wait/],
    ['Get "https://r.example/v2/": dial tcp: lookup r.example: no such host', /network/],
    ['write /x/y: no space left on device', /room/],
    ['something else', /skopeo inspect/],
  ] as const)
    it(`“${message.slice(0, 60)}” is told with its remedy`, () => {
      const error = skopeoFailure(fatal(message), 'docker://r.example/a:1', 'r.example/a');
      assert.equal(error.code, 'fetch-failed');
      assert.ok(error.problem.includes(`skopeo says “${message}”`), error.problem);
      assert.match(error.remedy, remedy);
    });

  it('has what it printed where that has another form, without control characters', () => {
    const { problem } = skopeoFailure('a\x1b[2Jb\n', 'docker://a', 'a');
    assert.match(problem, /skopeo says “a[ -~]*b”/);
    assert.match(skopeoFailure('', 'docker://a', 'a').problem, /it ended/);
  });

  it('does not take a number in a digest for a status', () => {
    const { remedy } = skopeoFailure(fatal('reading sha256:a403b404c429'), 'docker://a', 'a');
    assert.match(remedy, /skopeo inspect/);
  });
});
