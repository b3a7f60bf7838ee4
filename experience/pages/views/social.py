"""`/social/…`: an account of a provider that is linked to nobody's here yet."""

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext

from connectors.selectors import find_social_connection
from experience.methods import SOCIAL
from experience.models import Interaction
from experience.pages.first_pages import restart
from experience.pages.forms import PageForm
from experience.pages.identifier_input import shown_identifier
from experience.pages.memory import remember_agreement
from experience.pages.page import Page, hosted_page
from experience.pages.provider_buttons import name_of_provider
from experience.pages.provider_users import enter, find_proof, register
from experience.pages.step import Action, ask_agreement, asks_agreement, render_step
from experience.records import RecordType

Event = Interaction.Event


@hosted_page()
def social_link(page: Page, connector_id: str) -> HttpResponse:
    """`/social/link/<connector id>`: link it to the account of the same address or number, or have a new account."""
    interaction, connection = page.interaction, find_social_connection(connector_id)
    proof = find_proof(interaction, connector_id) if interaction else None
    related = SOCIAL.find_related(proof) if proof and proof.type == RecordType.SOCIAL else None
    if interaction is None or proof is None or related is None or connection is None:
        return restart(page, notice="expired")
    if interaction.event != Event.SIGN_IN or interaction.user_id is not None:
        return restart(page, notice="expired")
    is_linkable = connection.target not in related[1].identities
    if page.is_post and page.action == "create":
        return register(page, interaction, proof.id)
    if page.is_post and is_linkable:
        return enter(page, interaction, proof.id, links=True)
    provider, identity = name_of_provider(page, connection), shown_identifier(related[0])
    sentence = (
        gettext("{identity} already has an account. Link it to your {provider} account to sign in either way.")
        if is_linkable
        else gettext("{identity} already has an account, and it is linked to another {provider} account.")
    )
    creates = [Action("create", gettext("Create a new account instead"))] if page.settings.allows_register else []
    return render_step(
        page,
        title=gettext("You already have an account"),
        form=PageForm.empty() if is_linkable else None,
        submit=gettext("Link and continue"),
        lead=format_html(sentence, identity=format_html("<strong><bdi>{}</bdi></strong>", identity), provider=provider),
        actions=creates,
    )


@hosted_page()
def social_register(page: Page, connector_id: str) -> HttpResponse:
    """`/social/register/<connector id>`: agree to the terms before the account is made, or entered if it is there."""
    interaction = page.interaction
    proof = find_proof(interaction, connector_id) if interaction else None
    if interaction is None or proof is None or interaction.user_id is not None:
        return restart(page, notice="expired")
    form = PageForm(page.request.POST if page.is_post else None)
    ask_agreement(page, form, registers=True)
    of_everybody = asks_agreement(page, registers=False)
    if form.is_valid():
        remember_agreement(interaction)
        # Who has to agree at each sign-in may have an account.
        return enter(page, interaction, proof.id) if of_everybody else register(page, interaction, proof.id)
    if of_everybody:
        return render_step(page, title=gettext("Sign in"), form=form)
    return render_step(page, title=gettext("Create your account"), form=form, submit=gettext("Create account"))
