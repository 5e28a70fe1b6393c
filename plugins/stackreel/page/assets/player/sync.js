// Reels that step together: the same place of the run, counted by calls and returns where both have the same ones.

/** @typedef {import("./steps.js").Steps} Steps */
/** @typedef {{steps: Steps, follow: (step: number) => void}} Member */

/** @type {Map<string, {members: Set<Member>, latest: {steps: Steps, step: number} | null}>} */
const groups = new Map();

/**
 * Joins a group; returns how to tell the others of a step, how to leave, and the step the group is at, in this
 * reel's own count, null where nobody has moved it yet.
 * @param {string} name
 * @param {Steps} steps
 * @param {(step: number) => void} follow
 */
export function join(name, steps, follow) {
  const self = { steps, follow };
  const group = groups.get(name) ?? { members: new Set(), latest: null };
  group.members.add(self);
  groups.set(name, group);
  return {
    at: group.latest && matching(group.latest.steps, group.latest.step, steps),
    tell: (/** @type {number} */ step) => {
      group.latest = { steps, step };
      for (const other of group.members) if (other !== self) other.follow(matching(steps, step, other.steps));
    },
    leave: () => {
      group.members.delete(self);
      if (!group.members.size) groups.delete(name);
    },
  };
}

/**
 * The step of another reel that is where this one is: between the same calls and returns, as far along.
 * @param {Steps} from
 * @param {number} step
 * @param {Steps} to
 */
export function matching(from, step, to) {
  const [ours, theirs] = [anchors(from), anchors(to)];
  if (ours.kinds !== theirs.kinds || ours.at.length !== theirs.at.length) return Math.min(step, to.last);
  const at = ours.at.findLastIndex((anchor) => anchor <= step);
  if (at === ours.at.length - 1) return theirs.at[at];
  const along = (step - ours.at[at]) / (ours.at[at + 1] - ours.at[at]);
  const here = theirs.at[at] + Math.round(along * (theirs.at[at + 1] - theirs.at[at]));
  return along > 0 ? Math.min(Math.max(here, theirs.at[at]), Math.max(theirs.at[at], theirs.at[at + 1] - 1)) : here;
}

/** @param {Steps} steps */
function anchors(steps) {
  const found = steps.stored.steps.map(({ kind }, step) => ({ kind, step })).filter(({ kind }) => kind);
  const inner = found.filter(({ step }) => step > 0 && step < steps.last);
  return { kinds: found.map(({ kind }) => kind).join(), at: [0, ...inner.map(({ step }) => step), steps.last] };
}
