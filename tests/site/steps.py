"""Use every control of every widget of a page, the way a reader would, and note what happens."""

WIDGETS = "bp-dial, bp-walk, bp-cells, bp-match, bp-quiz, bp-missed, [data-bp-widget]"

USE_ALL = """async ([widgets, width]) => {
    let shift = 0;
    let worst = {};
    const notes = (entries) => entries.forEach(({value, sources}) => {
        shift += value;
        sources.forEach(({node}) => {
            if (node) worst[(node.outerHTML || node.textContent).slice(0, 90)] = value;
        });
    });
    const observer = new PerformanceObserver(list => notes(list.getEntries()));
    observer.observe({type: "layout-shift"});
    // what comes after a frame's own callbacks finds drawn and measured what was changed before it
    const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    const tell = (control, ...kinds) =>
        kinds.forEach(kind => control.dispatchEvent(new Event(kind, {bubbles: true})));
    const shown = element => element.checkVisibility({checkVisibilityCSS: true});
    const some = (count, most) => count <= most
        ? [...Array(count).keys()]
        : [...Array(most).keys()].map(n => Math.round(n * (count - 1) / (most - 1)));
    const result = [];
    for (const widget of document.querySelectorAll(widgets)) {
        if (!shown(widget) || widget.parentElement.closest(widgets)) continue;
        widget.scrollIntoView({block: "center", behavior: "instant"});
        await frame();
        notes(observer.takeRecords());
        shift = 0;
        worst = {};
        let moved = false, wide = 0;
        const state = () => widget.innerHTML
            + [...widget.querySelectorAll("input")].map(i => i.type === "range" ? "" : i.checked);
        const step = async (act) => {
            const before = state();
            act();
            await frame();
            notes(observer.takeRecords());
            if (widget.localName === "bp-quiz") shift = 0;  // what was asked for comes below it
            moved ||= before !== state();
            wide = Math.max(wide, document.documentElement.scrollWidth - width);
        };
        const controls = widget.querySelectorAll("input, select, button, [role=grid] tbody td");
        for (const control of controls) {
            if (!shown(control) || control.disabled || control.closest("details:not([open])"))
                continue;
            if (control.type === "range") {
                const least = +control.min, stops = (control.max - least) / (+control.step || 1);
                for (const n of some(stops + 1, 12))
                    await step(() => {
                        control.value = least + n * (+control.step || 1);
                        tell(control, "input", "change");
                    });
            } else if (control.tagName === "SELECT") {
                for (const n of some(control.options.length, 8))
                    await step(() => {
                        control.selectedIndex = n;
                        tell(control, "input", "change");
                    });
            } else if (control.tagName === "TD") {
                await step(() => control.focus({preventScroll: true}));
            } else {
                const times = control.hasAttribute("data-play") ? 2 : 1;
                for (let n = 0; n < times; n++) await step(() => control.click());
            }
        }
        await frame();  // for what a script puts off to the next
        if (widget.localName !== "bp-quiz") notes(observer.takeRecords());
        const slow = document.getAnimations({subtree: true})
            .map(a => a.effect.getComputedTiming().duration).filter(ms => ms > 20).length;
        result.push({
            name: widget.localName, moved, wide, slow,
            controls: controls.length,
            started: !!customElements.get(widget.localName) || !widget.localName.includes("-"),
            shift: Math.round(shift * 10000) / 10000,
            worst: shift > 0.005 ? worst : {},
        });
    }
    return result;
}"""
