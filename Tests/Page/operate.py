"""What an operator does in the page, at a real agent: try, start and refuse, breaker and brake, silence and look after an alert; and all
the way to a heal with nothing but the keyboard."""

from claims import claim

PLAYBOOK = "#/playbooks/restart-patient"


def operate(tab, kill):
    """`kill` ends the patient."""
    try_and_start(tab)
    breaker(tab)
    brake(tab)
    silence(tab)
    look_after(tab, kill)
    refuse(tab, kill)


def button(words, within="document"):
    return f"[...{within}.querySelectorAll('button')].find((one) => one.textContent == {words!r})"


def go(tab, address, shows):
    """`shows` stands in the new view only."""
    tab.evaluate(f"location.hash = {address!r}; 0")
    return tab.wait(f"location.hash == {address!r} && ({shows})")


def text(tab):
    return [tab.evaluate("document.querySelector('main').innerText.replace(/\\n+/g, ' | ')")]


def says(words, where="main"):
    return f"document.querySelector({where!r})?.innerText.includes({words!r})"


def name_patient(tab):
    write(tab, 'input[name="label.name"]', "patient.service")


def write(tab, field, words):
    tab.evaluate(f"document.querySelector({field!r}).value = ''")
    tab.click(f"document.querySelector({field!r})")
    tab.type(words)


def try_and_start(tab):
    go(tab, PLAYBOOK, button("What would it do?"))
    name_patient(tab)
    tab.click(button("What would it do?"))
    claim("a dry run says what would be done", tab.wait("/restart/i.test(document.querySelector('.card .will-do')?.innerText)"), text(tab))
    claim("and that it would be", tab.evaluate(says("It would run")), text(tab))
    tab.click(button("Start it"))
    claim("a playbook is started", tab.wait("document.querySelector('p[role=status] a')?.hash.startsWith('#/runs/')"), text(tab))
    tab.click("document.querySelector('p[role=status] a')")
    claim("whoever starts it has approved it", tab.wait("document.querySelector('.step .badge')?.textContent == 'succeeded'"), text(tab))


def breaker(tab):
    go(tab, PLAYBOOK, button("What would it do?"))
    name_patient(tab)
    write(tab, "form:has(input[name='label.name']) input[name=reason]", "to see it open")
    tab.click(button("Open its breaker"))
    claim("a breaker is opened by hand", tab.wait("[...document.querySelectorAll('.card .badge')].some((one) => one.textContent == 'open by hand')"), text(tab))
    tab.click(button("What would it do?"))
    claim("then a dry run names it", tab.wait("[...document.querySelectorAll('.guards .is-refused')].some((one) => one.innerText.includes('breaker'))"), text(tab))
    write(tab, ".card input[name=reason]", "the test goes on")
    tab.click(button("Close breaker"))
    claim("and closed again", tab.wait("!" + button("Close breaker")), text(tab))


def brake(tab):
    go(tab, "#/playbooks", button("Stop healing"))
    write(tab, "input[name=reason]", "hands off")
    tab.click(button("Stop healing"))
    claim("healing is stopped", tab.wait(button("Resume healing")), text(tab))
    claim("and the first page says so, and why", go(tab, "#/now", says("Healing is stopped") + " && " + says("hands off")), text(tab))
    tab.click(button("Resume healing"))
    claim("it goes on from there", tab.wait("!" + says("Healing is stopped")), text(tab))


def silence(tab):
    """Written without a mouse."""
    go(tab, "#/silences", "document.querySelector('.silence-form')")
    tab.evaluate("document.querySelector('input[name=matchers]').focus()")
    tab.type('alertname="SomethingElse"')
    for words in (None, "a test of the page"):
        tab.press("Tab")
        if words:
            tab.type(words)
    tab.press("Enter")
    claim("an alert is silenced", tab.wait(says('alertname="SomethingElse"', "table[aria-label='Silences in force']")), text(tab))
    tab.click(button("End"))
    claim("the silence is ended", tab.wait(says('alertname="SomethingElse"', "table[aria-label='Silences that are over']")), text(tab))


def look_after(tab, kill):
    go(tab, "#/now", "document.querySelector('.headline')")
    kill()
    tab.wait("document.querySelector('.alert-line .alert-name')")
    tab.wait("document.querySelector('.card.is-waits')")
    # The list may be drawn anew between the look at a name's place and the click there: whoever misses clicks again.
    for _ in range(5):
        tab.click("document.querySelector('.alert-line .alert-name')")
        if tab.wait(button("I look after it"), patience=3):
            break
    tab.click(button("I look after it"))
    claim("somebody looks after the alert", tab.wait(says("looked after by") + " && " + button("Nobody looks after it")), text(tab))
    tab.click(button("Nobody looks after it"))
    claim("and no longer", tab.wait("!" + says("looked after by")), text(tab))
    go(tab, "#/now", "document.querySelector('.card.is-waits .will-do li')")
    claim("with the keyboard alone the button is reached", reach(tab, "Approve"), text(tab))
    claim("where one is can be seen", tab.evaluate("getComputedStyle(document.activeElement).outlineStyle != 'none'"))
    tab.press("Enter")
    claim("and pressed: the host is well", tab.wait("document.querySelector('h1').textContent == 'This host is well'"), text(tab))


def refuse(tab, kill):
    kill()
    tab.wait("document.querySelector('.card.is-waits button')")
    tab.evaluate("window.run = document.querySelector('.card.is-waits a').hash; 0")
    tab.click(button("Refuse"))
    claim("refused, it waits no longer", tab.wait("!document.querySelector('.card.is-waits')"), text(tab))
    tab.evaluate("location.hash = window.run; 0")
    claim("and its run says so", tab.wait("document.querySelector('.title .badge')?.textContent == 'refused'"), text(tab))


def reach(tab, words, most=80):
    """Presses the tabulator from the top of the page on."""
    tab.evaluate("document.activeElement?.blur(); document.getSelection().removeAllRanges()")
    for _ in range(most):
        tab.press("Tab")
        if tab.evaluate("document.activeElement.textContent") == words:
            return True
    return False
