import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { violations } from "../testing/axe";
import ModemPage from "./ModemPage.svelte";

describe("the modem's page", () => {
  it("is pasted and read by keyboard", async () => {
    const onpage = vi.fn();
    render(ModemPage, { held: null, onpage });
    const user = userEvent.setup();
    await user.click(screen.getByText("Add your modem’s status page"));
    await user.click(screen.getByLabelText("Copied table or page"));
    await user.paste("Channel\tPower");
    await user.click(screen.getByRole("button", { name: "Read it" }));
    expect(onpage).toHaveBeenCalledWith("Channel\tPower");
    expect(await violations(false)).toEqual([]);
  });

  it("is opened from a file, unless that is too long", async () => {
    const onpage = vi.fn();
    render(ModemPage, { held: false, onpage });
    await userEvent.upload(screen.getByLabelText(/Or open a saved page/), new File(["<table>"], "modem.html", { type: "text/html" }));
    await vi.waitFor(() => expect(onpage).toHaveBeenCalledWith("<table>"));
    await userEvent.upload(screen.getByLabelText(/Or open a saved page/), new File(["x".repeat(1024 * 1024 + 1)], "modem.html", { type: "text/html" }));
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect(onpage).toHaveBeenCalledTimes(1);
    expect(screen.getByRole("status").getAttribute("data-held")).toBe("false");
  });
});
