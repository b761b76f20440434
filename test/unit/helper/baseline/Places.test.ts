import assert from 'node:assert/strict';
import { Places } from '../../../../src/helper/baseline/Places';

describe('Places', () => {
  it('has what it names, what lies below, and knows the way there', () => {
    const places = new Places(['etc/motd', 'usr/lib']);
    for (const path of ['etc/motd', 'usr/lib', 'usr/lib/a/b']) assert.ok(places.has(path), path);
    for (const path of ['.', 'etc', 'etc/motd2', 'usr', 'usr/lib64'])
      assert.ok(!places.has(path), path);
    for (const path of ['.', 'etc', 'usr']) assert.ok(places.isOnTheWay(path), path);
    assert.ok(!places.isOnTheWay('usr/lib'));
    assert.ok(new Places(['.']).has('anything'));
  });
});
