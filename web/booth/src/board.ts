/** The public board: what is in the box, for everybody. */

import { getBoard, getElection, type Board as BoardData, type BoardEntry } from "./box-keeper.js";
import { button, command, element, paragraph } from "./dom.js";
import { parseElection, type Election } from "./election.js";
import type { Messages } from "./messages.js";
import type { Page, View } from "./page.js";
import type { Question } from "./question.js";

/** Ballots shown at once. */
const SHOWN = 100;

export class Board {
  private shown = SHOWN;
  private wanted = wantedOfAddress();

  private constructor(
    private readonly page: Page,
    private readonly election: Election,
    private readonly data: BoardData,
  ) {
    this.page.show((messages) => this.view(messages));
  }

  /** Loads the board and shows it. */
  static async begin(page: Page): Promise<void> {
    page.show((messages) => ({ heading: messages.loading, content: [] }));
    try {
      const [published, data] = await Promise.all([getElection(), getBoard()]);
      new Board(page, parseElection(published), data);
    } catch {
      const again = (): void => void Board.begin(page);
      page.show((messages) => ({ heading: messages.notLoaded, content: [button(messages.tryAgain, "primary", again)] }));
    }
  }

  private view(messages: Messages): View {
    const { open, ballots, counted, credentials, head } = this.data;
    const file = `${this.election.uuid}.bel`;
    // Belenios' own tool knows this group from that version on.
    const since = this.election.group === "Ed25519" ? "    # 2.1 +" : "";
    return {
      heading: messages.boxTitle(this.election.name),
      content: [
        element("p", { class: "lead" }, open ? messages.boxOpen : messages.boxClosed),
        paragraph(messages.boxCounts(ballots.length, counted, credentials)),
        open && element("p", {}, element("a", { class: "button secondary", href: "./" }, messages.toBooth)),
        ...this.finder(messages),
        ...(open ? [] : this.result(messages)),
        element("h2", {}, messages.ballotsTitle),
        ballots.length === 0 ? paragraph(messages.empty, "hint") : this.table(messages),
        this.shown < ballots.length &&
          button(messages.more(Math.min(SHOWN, ballots.length - this.shown)), "plain", () => {
            this.shown += SHOWN;
            this.page.refresh();
          }),
        element("h2", {}, messages.checkTitle),
        paragraph(messages.checkText),
        command(`mandate ballot verify ${file}\nbelenios-tool election verify${since}`),
        element(
          "p",
          {},
          element("a", { class: "button secondary", href: "archive.bel", download: file }, messages.archive),
          " ",
          element("a", { class: "button plain", href: "election.json" }, messages.electionFile),
        ),
      ],
      foot: [element("p", {}, messages.foot(head.slice(0, 16)))],
    };
  }

  private finder(messages: Messages): HTMLElement[] {
    const input = element("input", {
      id: "tracking",
      type: "text",
      value: this.wanted,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
    });
    const answer = element("p", { role: "status", class: "found" }, this.found(messages));
    const form = element(
      "form",
      {
        class: "find",
        submit: (event) => {
          event.preventDefault();
          this.wanted = input.value.trim().replace(/=+$/, "");
          answer.textContent = this.found(messages);
        },
      },
      element("label", { for: "tracking" }, messages.findLabel),
      input,
      element("button", { type: "submit", class: "primary" }, messages.findButton),
      answer,
    );
    return [element("h2", {}, messages.find), form];
  }

  private found(messages: Messages): string {
    if (this.wanted === "") {
      return "";
    }
    const entry = this.data.ballots.find((ballot) => ballot.tracking_number === this.wanted);
    if (entry === undefined) {
      return messages.notFound;
    }
    return entry.counts ? messages.foundCounts : messages.foundReplaced;
  }

  private table(messages: Messages): HTMLElement {
    const { weighted, ballots } = this.data;
    const row = (entry: BoardEntry, index: number): HTMLElement =>
      element(
        "tr",
        { class: entry.tracking_number === this.wanted ? "wanted" : undefined },
        element("td", { class: "number" }, String(index + 1)),
        element("td", {}, element("code", {}, entry.tracking_number)),
        weighted && element("td", { class: "number" }, String(entry.weight)),
        element("td", {}, entry.counts ? messages.counts : messages.replaced),
      );
    return element(
      "table",
      { class: "board" },
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", { scope: "col", class: "number" }, messages.ballotNumber),
          element("th", { scope: "col" }, messages.trackingNumber),
          weighted && element("th", { scope: "col", class: "number" }, messages.weight),
          element("th", { scope: "col" }, messages.state),
        ),
      ),
      element("tbody", {}, ...ballots.slice(0, this.shown).map(row)),
    );
  }

  private result(messages: Messages): (HTMLElement | string)[] {
    const { result } = this.data;
    const title = element("h2", {}, messages.resultTitle);
    if (result === null) {
      return [title, paragraph(messages.resultNone, "hint")];
    }
    const parts = this.election.questions.map((question, index) =>
      resultOf(question, (result[index] ?? []) as readonly (number | string)[], messages),
    );
    return [title, ...parts];
  }
}

function resultOf(question: Question, numbers: readonly (number | string)[], messages: Messages): HTMLElement {
  if (question.kind === "ranking") {
    return element("div", {}, element("h3", {}, question.question), paragraph(messages.rankedResult(numbers.length)));
  }
  const answers = question.blank ? [...question.answers, messages.blank] : question.answers;
  const inOrder = question.blank ? [...numbers.slice(1), numbers[0] ?? 0] : numbers;
  const rows = answers.map((answer, index) =>
    element("tr", {}, element("td", {}, answer), element("td", { class: "number" }, String(inOrder[index] ?? 0))),
  );
  return element(
    "table",
    {},
    element("caption", {}, question.question),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col" }, messages.answer),
        element("th", { scope: "col", class: "number" }, messages.votes),
      ),
    ),
    element("tbody", {}, ...rows),
  );
}

/** The tracking number that a link leads to. */
function wantedOfAddress(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    // Not written by us.
    return "";
  }
}
