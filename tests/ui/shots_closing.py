"""Pictures of the closing section: `python -m tests.ui.shots_closing OUT [language] [width] [theme]`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pos.domain.errors import JournalError, SecurityError
from pos.till.review.closing import ClosedBy, PrintEnd, ReportPrinted
from pos.till.views import StripChanged
from tests.ui.camera import Camera, render
from tests.ui.closing_office import ClosingOffice
from tests.ui.fake_closing import DAY, EVENING, busy, earlier, figures, row, zero


def scenes(s: ClosingOffice, camera: Camera) -> None:
    """Every state of the section."""

    def picture(name: str) -> None:
        camera.take(s.window, name)

    s.open()
    picture("reading")
    s.run()
    picture("zero")
    s.show(busy())
    for number, step in enumerate(("issuer", "slips", "papers", "cases"), start=1):
        s.press(str(number))
        picture(f"left-{step}")
    s.press("1", "F4")
    s.clock.mono += 12
    s.show(replace(busy(), rows=busy().rows[1:]))
    picture("asking")
    s.press("Esc")
    picture("left-asking")
    s.press("F8")
    picture("box-leave")
    s.box.dismiss()
    s.press("3", "F4")
    picture("box-count")
    s.box.dismiss()
    s.press("F6")
    picture("box-hand-over")
    s.box.accept()
    picture("box-hand-over-pin")
    s.section.presenter.hand_over("p1", "0000")
    s.desk.faults["hand_over"] = SecurityError("pin.wrong")
    s.run()
    picture("box-hand-over-refused")
    s.box.dismiss()
    s.go_offline()
    s.show(busy())
    s.press("1")
    picture("no-network")
    s.till.say(StripChanged(s.strip()))
    s.show(replace(busy(), dates=(DAY - timedelta(days=2), DAY - timedelta(days=1), DAY)))
    picture("earlier-open")
    s.show(replace(zero(), figures=figures(0), dates=(), papers=()))
    picture("no-sales")
    many = tuple(row(number) for number in range(1, 40))
    s.show(replace(zero(), rows=many))
    picture("many")
    s.show(zero())
    s.press("F8")
    picture("box-zero")
    s.desk.reports = earlier()
    s.desk.print_end = None
    s.box.accept()
    s.settle()
    s.clock.mono += 2
    s.window.screens.show_changed_page()
    picture("closing")
    s.run()
    picture("z")
    s.desk.told[0][1](ReportPrinted(PrintEnd.NOT_PRINTED, "printer.paper_out"))
    s.settle()
    picture("z-not-printed")
    s.press("Esc")
    s.run()
    picture("closed")
    s.press("F5")
    s.run()
    picture("x")
    s.press("F7")
    s.desk.print_end = ReportPrinted(PrintEnd.PRINTED)
    s.show(replace(busy(), closed=None))
    s.press("F8")
    s.show(replace(busy(), rows=(*busy().rows, row(9))))
    picture("changed")
    s.press("F8", "1")
    s.run()
    picture("z-left")
    s.press("Esc")
    s.run()
    s.show(zero())
    s.press("F8", "Enter")
    s.desk.now = replace(zero(), closed=ClosedBy(41, DAY, "Tuấn", EVENING))
    s.run()
    picture("closed-by-another")
    s.desk.faults["view"] = JournalError("journal.busy")
    s.page.show_section("day")
    s.section.presenter._watch.view = None
    s.page.show_section("closing")
    s.run()
    picture("unread")


def draw(camera: Camera) -> None:
    s = ClosingOffice(camera.language, camera.size, camera.theme)
    scenes(s, camera)
    s.close()


if __name__ == "__main__":
    render(draw)
