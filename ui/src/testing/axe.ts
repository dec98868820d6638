import axe from "axe-core";

/** What an automated accessibility audit finds wrong with what is on the page, or on a part of one. Contrast is held by tokens.test.ts: nothing is painted here. */
export async function violations(page = true): Promise<string[]> {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: page } }, runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}
