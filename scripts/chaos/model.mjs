/** The processes of the chaos run, and what a finished instance of each must have left in the history. */
export const ORDER = 'chaos-order';
export const SHIPPING = 'chaos-shipping';
export const MESSAGE = 'chaos-confirmed';
export const TOPICS = ['chaos-reserve', 'chaos-charge', 'chaos-pack', 'chaos-settle'];

/** How often each activity appears. A join appears once for each token that arrives. */
export const PATHS = {
  [ORDER]: {
    ordered: 1,
    reserve: 1,
    fork: 1,
    charge: 1,
    ship: 1,
    wait: 1,
    note: 1,
    confirm: 1,
    approve: 1,
    join: 4,
    settle: 1,
    done: 1,
  },
  [SHIPPING]: { packing_asked: 1, pack: 1, collect: 1, shipped: 1 },
};

/** Which topics' work belongs to an instance of each process. */
export const WORK = { [ORDER]: ['chaos-reserve', 'chaos-charge', 'chaos-settle'], [SHIPPING]: ['chaos-pack'] };

/** How long the timers wait at least, in milliseconds. */
export const TIMERS = { wait: 3_000, collect: 1_000 };

/** The variable in which a topic's result ends up. */
export const resultName = (topic) => `result_${topic.replace('-', '_')}`;
