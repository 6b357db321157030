/** The questions as a form, and what is marked on it. */

import { element, paragraph } from "./dom.js";
import type { Messages } from "./messages.js";
import { total, type Choice, type Question, type Ranking, type Vote } from "./question.js";

/** What the voter has marked so far, for all questions; kept while the page is open and nowhere else. */
export class BallotPaper {
  readonly votes: number[][];

  constructor(private readonly questions: readonly Question[]) {
    this.votes = questions.map((question) =>
      Array<number>(question.answers.length + (question.kind === "choice" && question.blank ? 1 : 0)).fill(0),
    );
  }

  /** Whether anything is marked. */
  get isMarked(): boolean {
    return this.votes.some((vote) => vote.some((number) => number > 0));
  }

  /** The form's parts, one a question. */
  fieldsets(messages: Messages, changed: () => void): HTMLFieldSetElement[] {
    return this.questions.map((question, index) => {
      const vote = this.votes[index] ?? [];
      const body =
        question.kind === "choice"
          ? choiceRows(question, index, vote, messages, changed)
          : rankingRows(question, index, vote, messages, changed);
      const number = this.questions.length > 1 && messages.question(index + 1, this.questions.length);
      return element(
        "fieldset",
        { id: `question-${index + 1}`, "aria-describedby": `hint-${index + 1}`, tabindex: -1 },
        element(
          "legend",
          {},
          number && element("span", { class: "over" }, number),
          element("span", { class: "question" }, question.question),
        ),
        element("p", { class: "hint", id: `hint-${index + 1}` }, hint(question, messages)),
        ...body,
      );
    });
  }

  /** What is marked, in words. */
  summary(messages: Messages): HTMLElement {
    const rows = this.questions.flatMap((question, index) => [
      element("dt", {}, question.question),
      element("dd", {}, said(question, this.votes[index] ?? [], messages)),
    ]);
    return element("dl", { class: "summary" }, ...rows);
  }
}

function hint(question: Question, messages: Messages): string {
  if (question.kind === "ranking") {
    return messages.rankHint;
  }
  const range = messages.chooseRange(question.min, question.max);
  return question.blank ? `${range} ${messages.orBlank}` : range;
}

function said(question: Question, vote: Vote, messages: Messages): string {
  if (question.kind === "ranking") {
    const ranked = question.answers
      .map((answer, index) => ({ answer, rank: vote[index] ?? 0 }))
      .filter(({ rank }) => rank > 0)
      .sort((left, right) => left.rank - right.rank);
    return ranked.map(({ answer, rank }) => `${rank} ${answer}`).join(", ") || messages.nothing;
  }
  const texts = question.blank ? [messages.blank, ...question.answers] : question.answers;
  return texts.filter((_, index) => vote[index] === 1).join(", ") || messages.nothing;
}

/** One answer to choose: a whole row to tap. */
function row(input: HTMLInputElement, text: string, kind = ""): HTMLLabelElement {
  return element("label", { class: `row ${kind}` }, input, element("span", {}, text));
}

function choiceRows(
  choice: Choice,
  index: number,
  vote: number[],
  messages: Messages,
  changed: () => void,
): HTMLElement[] {
  const isSingle = choice.max === 1;
  const first = choice.blank ? 1 : 0;
  const counter = element("p", { class: "counter", role: "status" });
  const inputs: HTMLInputElement[] = [];
  const write = (): void => {
    inputs.forEach((input, place) => {
      if (place < vote.length) {
        vote[place] = input.checked ? 1 : 0;
      }
    });
    counter.textContent = isSingle ? "" : messages.chosen(total(vote.slice(first)));
    changed();
  };
  const input = (place: number): HTMLInputElement =>
    element("input", {
      type: isSingle ? "radio" : "checkbox",
      name: `question-${index + 1}`,
      checked: vote[place] === 1,
      change: () => {
        // A blank vote chooses nothing else, and who chooses something does not vote blank.
        if (!isSingle && choice.blank) {
          const others = place === 0 ? inputs.slice(1) : inputs.slice(0, 1);
          others.forEach((other) => (other.checked &&= inputs[place]?.checked !== true));
        }
        write();
      },
    });
  const texts = choice.blank ? [messages.blank, ...choice.answers] : choice.answers;
  texts.forEach((_, place) => inputs.push(input(place)));
  const rows: HTMLElement[] = texts.map((text, place) =>
    row(inputs[place] as HTMLInputElement, text, place < first ? "blank" : ""),
  );
  // Blank comes first in the ballot and last on the paper.
  const ordered: HTMLElement[] = [...rows.slice(first), ...rows.slice(0, first)];
  if (isSingle && choice.min === 0) {
    const none = input(vote.length);
    none.checked = total(vote) === 0;
    inputs.push(none);
    ordered.push(row(none, messages.none, "blank"));
  }
  if (!isSingle) {
    counter.textContent = messages.chosen(total(vote.slice(first)));
    ordered.push(counter);
  }
  return ordered;
}

function rankingRows(
  ranking: Ranking,
  index: number,
  vote: number[],
  messages: Messages,
  changed: () => void,
): HTMLElement[] {
  const numbers = Array.from({ length: ranking.answers.length }, (_, rank) => rank + 1);
  return ranking.answers.map((answer, place) => {
    const id = `question-${index + 1}-${place + 1}`;
    const options = [0, ...numbers].map((number) =>
      element(
        "option",
        { value: number, selected: vote[place] === number },
        number === 0 ? messages.noRank : String(number),
      ),
    );
    const select: HTMLSelectElement = element(
      "select",
      {
        id,
        "aria-label": messages.rankLabel(answer),
        change: () => {
          vote[place] = Number(select.value);
          changed();
        },
      },
      ...options,
    );
    return element("div", { class: "row rank" }, element("label", { for: id }, answer), select);
  });
}

/** A list of what must be mended, each leading to its place. */
export function mendList(messages: Messages, faults: readonly { text: string; place: string }[]): HTMLElement {
  const items = faults.map(({ text, place }) =>
    element("li", {}, element("a", { href: `#${place}`, click: (event) => goTo(event, place) }, text)),
  );
  return element(
    "div",
    { class: "mend", role: "alert", tabindex: -1 },
    paragraph(messages.mend),
    element("ul", {}, ...items),
  );
}

function goTo(event: Event, place: string): void {
  // Not by the address: it would add a step to go back to.
  event.preventDefault();
  document.getElementById(place)?.focus();
}
