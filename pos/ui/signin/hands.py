"""What is pressed on the sign-in goes to its presenter; what the presenter makes of it is drawn."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from pos.i18n import Translator
from pos.ui.signin.presenter import SignInPresenter
from pos.ui.signin.screen import SignInScreen


class SignInHands(QObject):
    """Lives as long as the screen it belongs to.

    Args:
        presenter: decides.
        screen: draws; owns this object.
        tr: words of this look.
    """

    def __init__(self, presenter: SignInPresenter, screen: SignInScreen, tr: Translator) -> None:
        super().__init__(screen)
        self._presenter, self._screen, self._tr = presenter, screen, tr
        screen.chosen.connect(self._on_chosen)
        screen.pin_given.connect(self._on_pin)

    def _draw(self) -> None:
        self._screen.show_model(self._presenter.model(self._tr))

    @Slot(str)
    def _on_chosen(self, person_id: str) -> None:
        self._presenter.choose(person_id)
        self._draw()

    @Slot(str)
    def _on_pin(self, pin: str) -> None:
        self._presenter.give_pin(pin)
        self._draw()
