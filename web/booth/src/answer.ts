/** Encrypted answers (specification, "Encrypted answers"). */

import { proveDisjunction, proveLogarithm, type OwnCiphertext, type Proof, type Setting } from "./proof.js";
import { modulo } from "./group.js";
import { total, type Choice, type Question, type Vote } from "./question.js";

/** A ciphertext as it stands in messages. */
export interface Ciphertext {
  readonly alpha: string;
  readonly beta: string;
}

/** An answer as it stands in the ballot; its fields are in the order that the specification fixes. */
export type Answer =
  | {
      readonly choices: readonly Ciphertext[];
      readonly individual_proofs: readonly (readonly Proof[])[];
      readonly overall_proof: readonly Proof[];
      readonly blank_proof?: readonly Proof[];
    }
  | { readonly choices: Ciphertext; readonly proof: Proof };

/** An answer and the randomness of its ciphertexts, which opens them. */
export interface OwnAnswer {
  readonly answer: Answer;
  readonly randomness: readonly bigint[];
}

/**
 * Encrypts an allowed vote. `prefix` is S_0 = φ|credential, which every proof hashes.
 */
export function encryptAnswer<P>(setting: Setting<P>, prefix: string, question: Question, vote: Vote): OwnAnswer {
  return question.kind === "choice"
    ? encryptChoices(setting, prefix, question, vote)
    : encryptRanking(setting, prefix, vote);
}

function encryptNumber<P>({ group, powerOfPublicKey, randomness }: Setting<P>, message: number): OwnCiphertext<P> {
  const r = group.randomExponent(randomness);
  const beta = group.multiply(powerOfPublicKey(r), group.powerOfGenerator(BigInt(message)));
  return { alpha: group.powerOfGenerator(r), beta, message, r };
}

function written<P>({ group }: Setting<P>, { alpha, beta }: { alpha: P; beta: P }): Ciphertext {
  return { alpha: group.encode(alpha), beta: group.encode(beta) };
}

function textOf({ alpha, beta }: Ciphertext): string {
  return `${alpha},${beta}`;
}

/** The product of ciphertexts, which encrypts the sum. */
function multiplyAll<P>({ group }: Setting<P>, ciphertexts: readonly OwnCiphertext<P>[]): OwnCiphertext<P> {
  const multiply = (left: P, right: P): P => group.multiply(left, right);
  return {
    alpha: ciphertexts.map((one) => one.alpha).reduce(multiply, group.identity),
    beta: ciphertexts.map((one) => one.beta).reduce(multiply, group.identity),
    message: total(ciphertexts.map((one) => one.message)),
    r: modulo(ciphertexts.reduce((sum, one) => sum + one.r, 0n), group.order),
  };
}

function encryptChoices<P>(setting: Setting<P>, prefix: string, choice: Choice, vote: Vote): OwnAnswer {
  const own = vote.map((number) => encryptNumber(setting, number));
  const choices = own.map((ciphertext) => written(setting, ciphertext));
  const individual_proofs = own.map((ciphertext, index) =>
    proveDisjunction(
      setting,
      `prove|${prefix}|${textOf(choices[index] as Ciphertext)}|`,
      [{ ciphertext, messages: [0, 1] }],
      ciphertext.message,
    ),
  );
  const s = `${prefix}|${choices.map(textOf).join(",")}`;
  const sum = multiplyAll(setting, choice.blank ? own.slice(1) : own);
  const allowed = Array.from({ length: choice.max - choice.min + 1 }, (_, index) => choice.min + index);
  const randomness = own.map(({ r }) => r);
  const [blank] = own;
  if (!choice.blank || blank === undefined) {
    const statements = [{ ciphertext: sum, messages: allowed }];
    const sumPrefix = `prove|${s}|${textOf(written(setting, sum))}|`;
    const overall_proof = proveDisjunction(setting, sumPrefix, statements, sum.message - choice.min);
    return { answer: { choices, individual_proofs, overall_proof }, randomness };
  }
  // Blank and nothing chosen, or not blank and an allowed sum: m_0 = 0 ∨ m_Σ = 0, and m_0 = 1 ∨ m_Σ allowed.
  const isBlank = blank.message === 1;
  const blank_proof = proveDisjunction(
    setting,
    `bproof0|${s}|`,
    [
      { ciphertext: blank, messages: [0] },
      { ciphertext: sum, messages: [0] },
    ],
    isBlank ? 1 : 0,
  );
  const overall_proof = proveDisjunction(
    setting,
    `bproof1|${s}|`,
    [
      { ciphertext: blank, messages: [1] },
      { ciphertext: sum, messages: allowed },
    ],
    isBlank ? 0 : sum.message - choice.min + 1,
  );
  return { answer: { choices, individual_proofs, overall_proof, blank_proof }, randomness };
}

function encryptRanking<P>(setting: Setting<P>, prefix: string, vote: Vote): OwnAnswer {
  const { group, powerOfPublicKey, publicKey } = setting;
  const message = group.embed(vote);
  if (message === undefined) {
    throw new Error(`${vote.length} numbers do not fit the group ${group.name}, which carries ${group.embeddedIntegers}`);
  }
  const r = group.randomExponent(setting.randomness);
  const alpha = group.powerOfGenerator(r);
  const choices = written(setting, { alpha, beta: group.multiply(powerOfPublicKey(r), message) });
  const proof = proveLogarithm(setting, `raweg|${prefix}|${publicKey},${textOf(choices)}|`, r);
  return { answer: { choices, proof }, randomness: [r] };
}
