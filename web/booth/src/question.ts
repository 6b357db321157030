/** Questions (specification, "Questions") and the votes that answer them. */

/** Choose between `min` and `max` answers; only the sums become known. */
export interface Choice {
  readonly kind: "choice";
  readonly question: string;
  readonly answers: readonly string[];
  readonly min: number;
  readonly max: number;
  /** Whether a blank vote is possible. */
  readonly blank: boolean;
}

/** Give every answer a number, a rank or a grade; the shuffled ballots become known. */
export interface Ranking {
  readonly kind: "ranking";
  readonly question: string;
  readonly answers: readonly string[];
}

export type Question = Choice | Ranking;

/**
 * A vote on one question. Choice: 0 or 1 for each answer, and before them for blank where that is possible. Ranking: a
 * number below 256 for each answer.
 */
export type Vote = readonly number[];

/** What keeps a vote from being allowed. */
export type VoteFault =
  | { readonly name: "length"; readonly expected: number; readonly actual: number }
  | { readonly name: "number"; readonly number: number }
  | { readonly name: "blank" }
  | { readonly name: "sum"; readonly sum: number };

/** The first thing that is wrong with a vote; none where it is allowed. */
export function faultOf(question: Question, vote: Vote): VoteFault | undefined {
  const isChoice = question.kind === "choice";
  const expected = question.answers.length + (isChoice && question.blank ? 1 : 0);
  if (vote.length !== expected) {
    return { name: "length", expected, actual: vote.length };
  }
  const largest = isChoice ? 1 : 255;
  const outside = vote.find((number) => !Number.isInteger(number) || number < 0 || number > largest);
  if (outside !== undefined) {
    return { name: "number", number: outside };
  }
  if (!isChoice) {
    return undefined;
  }
  const isBlank = question.blank && vote[0] === 1;
  const sum = total(question.blank ? vote.slice(1) : vote);
  if (isBlank) {
    return sum > 0 ? { name: "blank" } : undefined;
  }
  return sum < question.min || sum > question.max ? { name: "sum", sum } : undefined;
}

/** The sum of numbers. */
export function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Reads a question; throws where it is none that this booth can ask. */
export function parseQuestion(value: unknown): Question {
  if (!isObject(value)) {
    throw new Error("a question is not an object");
  }
  if (value["type"] !== undefined) {
    const inner = value["value"];
    if (value["type"] === "Homomorphic") {
      return parseQuestion(inner);
    }
    if (value["type"] !== "NonHomomorphic" || !isObject(inner)) {
      throw new Error(`questions of type ${String(value["type"])} are not supported`);
    }
    return { kind: "ranking", ...texts(inner) };
  }
  const { min, max, blank } = value;
  const { question, answers } = texts(value);
  if (!isCount(min) || !isCount(max) || min > max || max > answers.length) {
    throw new Error(`choosing between ${String(min)} and ${String(max)} of ${answers.length} answers is impossible`);
  }
  return { kind: "choice", question, answers, min, max, blank: blank === true };
}

function texts(value: Record<string, unknown>): { question: string; answers: string[] } {
  const { question, answers } = value;
  const areTexts = Array.isArray(answers) && answers.every((answer) => typeof answer === "string");
  if (typeof question !== "string" || !areTexts || answers.length === 0) {
    throw new Error("a question has no text or no answers");
  }
  return { question, answers: answers as string[] };
}
