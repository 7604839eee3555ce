"""Choose a password with the link from an email, and be signed in if it is the account's first one."""

from allauth.account.internal.flows.password_reset import perform_password_reset_login
from allauth.account.views import PasswordResetFromKeyView
from django.http import HttpResponse


class ChoosePasswordView(PasswordResetFromKeyView):  # type: ignore[misc]
    """The page that the link leads to.

    A user who had a password signs in with the new one. A user without one is signed in: the link has proved the address, and
    the password was chosen just now. A second factor is required as at every sign-in.
    """

    def form_valid(self, form: object) -> HttpResponse:
        """Set the password; sign in if it is the first."""
        first = not self.reset_user.has_usable_password()
        answer: HttpResponse = super().form_valid(form)
        return perform_password_reset_login(self.request, self.reset_user) if first else answer
