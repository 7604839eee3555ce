"""People with every role in a company, and a browser for each of them."""

from dataclasses import dataclass

from django.test import Client

from tests.support.world import World


@dataclass
class People:
    """The people around the company `slug`; `stranger` is an owner of another company, `other_slug`."""

    slug: str
    other_slug: str
    world: World

    def client(self, who: str | None, language: str = "en") -> Client:
        """A browser of owner, member, viewer, operator or stranger; None = signed out."""
        from bilag.members.models import User

        client = Client(SERVER_NAME="localhost", headers={"accept-language": language})
        if who is not None:
            client.force_login(User.objects.get(email=f"{who}@fjell.example"))
        return client
