/** Keeps the latest of what is remembered, so that memory does not grow. */

/** @param map from the oldest to the latest, of which at most `most` stay */
export function keepLatest<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
  most: number,
): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most) map.delete(oldest!);
}
