import { readApplications } from './applications.mjs';

/** An account whose check digits are wrong, and one whose aren't. */
export const WRONG_IBAN = 'DE00370400440532013000';
export const RIGHT_IBAN = 'DE89370400440532013000';

/**
 * What will happen to each application, the same in every run: who sends what, who changes their mind, and when. Nothing
 * here looks at the recorded risk.
 */
export async function planApplications(count, run) {
  const recorded = await readApplications();
  return Array.from({ length: count }, (_, i) => planApplication(i + 1, run, recorded[i % recorded.length]));
}

function planApplication(number, run, { variables, risk }) {
  const businessKey = `${run}-${String(number).padStart(4, '0')}`;
  const chance = (what) => draw(`${what} ${number}`);
  const isComplete = chance('documents') >= 0.1;
  const withdrawsAt = pick(chance('withdraw'), {
    documents: 0.1,
    underwriting: 0.03,
    offer: 0.02,
    archive: 0.02,
    never: 0.83,
  });
  return {
    number,
    businessKey,
    risk,
    variables: {
      ...variables,
      applicationId: businessKey,
      documentsComplete: isComplete,
      // The bank is closed so often that the worker gives up, and an operator has to step in.
      ...(chance('bank closed') < 0.004 ? { bankClosedAttempts: 5 } : {}),
      // The archive is closed until the applicant has withdrawn, so that every run sees a payment reversed.
      ...(withdrawsAt === 'archive' ? { archiveClosedAttempts: 1000 } : {}),
      ...(variables.debtors === 'co_applicant' ? { coApplicants: [coApplicantOf(number, chance)] } : {}),
    },
    isComplete,
    /** Most come by the start form's way, some as a message from the online branch. */
    channel: chance('channel') < 0.15 ? 'message' : 'start',
    /** `send`: everything at once; `twice`: the first time something is missing; `silent`: never. */
    documents: pick(chance('send documents'), { send: 0.7, twice: 0.2, silent: 0.1 }),
    offer: pick(chance('offer'), { accept: 0.87, decline: 0.08, silent: 0.05 }),
    /** Withdraws when waiting there for the first time, if the application gets that far. */
    withdrawsAt,
    isEscalated: chance('escalate') < 0.05,
    accountNumber: chance('account') < 0.02 ? WRONG_IBAN : null,
  };
}

/** The data say that there is a co-applicant and nothing about them: one household, but a work and a history of their own. */
function coApplicantOf(number, chance) {
  return {
    name: `co-applicant of ${number}`,
    creditHistory: pick(chance('co-applicant history'), { existing_paid: 0.6, critical: 0.3, past_delay: 0.1 }),
    employment: pick(chance('co-applicant work'), { '1_to_4y': 0.4, '4_to_7y': 0.3, over_7y: 0.2, unemployed: 0.1 }),
  };
}

/** The name whose share the number falls into; the shares add up to 1. */
function pick(number, shares) {
  let rest = number;
  for (const [name, share] of Object.entries(shares)) {
    if (rest < share) return name;
    rest -= share;
  }
  return Object.keys(shares).at(-1);
}

/** A number in [0, 1) that depends on nothing but the text (FNV-1a, then murmur3's finalizer to spread it). */
function draw(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** An underwriter's rules, so that every run decides alike. */
export function underwrite({ riskClass, fraudSuspected, loanToValue, amount, creditScore }) {
  if (fraudSuspected) return { loanApproved: false, reviewComment: 'The answers contradict each other.' };
  if (riskClass === 'LOW') return { loanApproved: true, reviewComment: 'Large, but the risk is low.' };
  if (riskClass === 'MEDIUM') {
    const isSmall = amount <= 4000 && creditScore >= 480;
    const isCovered = loanToValue <= 0.6;
    return isSmall || isCovered
      ? { loanApproved: true, reviewComment: isCovered ? 'Well covered.' : 'Small enough.' }
      : { loanApproved: false, reviewComment: 'Too much for what stands behind it.' };
  }
  return creditScore >= 480 && loanToValue <= 0.2
    ? { loanApproved: true, reviewComment: 'Risky, but covered several times over.' }
    : { loanApproved: false, reviewComment: 'The risk is too high.' };
}
