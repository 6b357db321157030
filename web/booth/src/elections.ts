/** The elections that are held here. */

import { getElections } from "./box-keeper.js";
import { button, element, paragraph } from "./dom.js";
import type { Page } from "./page.js";

/** Loads the list and shows it. */
export async function showElections(page: Page): Promise<void> {
  page.show((messages) => ({ heading: messages.electionsTitle, content: [] }));
  try {
    const elections = await getElections();
    page.show((messages) => ({
      heading: messages.electionsTitle,
      content: [
        paragraph(messages.electionsIntro, "lead"),
        element(
          "ul",
          { class: "elections" },
          ...elections.map(({ uuid, name }) =>
            element(
              "li",
              {},
              element("h2", {}, name),
              element("a", { class: "button primary", href: `${uuid}/`, "aria-label": `${messages.vote}: ${name}` }, messages.vote),
              " ",
              element(
                "a",
                { class: "button plain", href: `${uuid}/box`, "aria-label": `${messages.box}: ${name}` },
                messages.box,
              ),
            ),
          ),
        ),
      ],
    }));
  } catch {
    const again = (): void => void showElections(page);
    page.show((messages) => ({ heading: messages.notLoaded, content: [button(messages.tryAgain, "primary", again)] }));
  }
}
