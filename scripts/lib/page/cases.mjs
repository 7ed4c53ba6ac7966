// What the tests of the page are made of.

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const dialog = page => page.locator('dialog');

export async function fill(page, values) {
    for (const [name, value] of Object.entries(values)) {
        const field = dialog(page).locator(`[name="${name}"]`);

        if (await field.evaluate(node => node.tagName) === 'SELECT') {
            await field.selectOption(value);
        } else {
            await field.fill(value);
        }
    }
}

export async function gone(page) {
    await dialog(page).waitFor({ state: 'detached' });
}

export const tests = [];
export const test = (name, options, body) => tests.push({ name, options, body });
