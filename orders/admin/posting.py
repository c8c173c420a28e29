"""How something was posted, asked wherever something is."""

from django import forms
from django.utils.translation import gettext_lazy


class PostingForm(forms.Form):
    """Whoever posts it says by whom and under which number, or that it went by hand."""

    carrier = forms.CharField(
        label=gettext_lazy("Posted with"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"list": "carriers", "autocomplete": "off"}),
    )
    tracking = forms.CharField(
        label=gettext_lazy("Number on the slip"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    by_hand = forms.BooleanField(label=gettext_lazy("handed over by hand"), required=False)
