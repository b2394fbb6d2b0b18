/**
 * Numbers in [0, 1) that follow from the seed and the name: each name gives a row of its own, so that one part of a program
 * doesn't change what another part draws.
 */
export function createRandom(seed, name) {
  let state = hash(`${seed} ${name}`) || 1;
  const next = () => {
    // xorshift, by Marsaglia
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 8; i += 1) next(); // seeds that resemble each other begin alike
  const between = (low, high) => low + next() * (high - low);
  return {
    chance: (probability) => next() < probability,
    between,
    pick: (items) => items[Math.floor(next() * items.length)],
    shuffle(items) {
      const shuffled = [...items];
      for (let i = shuffled.length - 1; i > 0; i -= 1) {
        const j = Math.floor(next() * (i + 1));
        [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
      }
      return shuffled;
    },
  };
}

function hash(text) {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0), 0x01000193);
  return value ^ (value >>> 15);
}
