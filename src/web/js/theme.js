// Light, dark, or as the system has it.

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' };
const SHORT = { auto: 'Auto', light: 'Light', dark: 'Dark' };

let theme = 'auto';
const listeners = new Set();

function stored() {
    try {
        return localStorage.getItem('finance-theme');
    } catch (error) {
        return null;
    }
}

function apply(next) {
    const button = document.getElementById('theme');

    theme = NEXT[next] ? next : 'auto';
    document.documentElement.dataset.theme = theme;
    button.textContent = SHORT[theme];
    button.setAttribute('aria-label', `Colours: ${SHORT[theme]}`);
    for (const listener of listeners) {
        listener();
    }
}

export function onTheme(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

document.getElementById('theme').addEventListener('click', () => {
    apply(NEXT[theme]);
    try {
        localStorage.setItem('finance-theme', theme);
    } catch (error) {
        // it holds until the page is closed
    }
});

matchMedia('(prefers-color-scheme: dark)').addEventListener('change',
    () => apply(theme));

apply(stored() || 'auto');
