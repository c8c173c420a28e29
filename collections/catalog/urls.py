from django.urls import path

from catalog import letter_pages, previews, views

app_name = "catalog"
urlpatterns = [
    path("collections/", views.collection_list, name="collection_list"),
    path("collections/<slug:slug>/", views.collection_detail, name="collection_detail"),
    path("pieces/", views.piece_list, name="piece_list"),
    path("pieces/suggestions/", views.suggestions, name="suggestions"),
    path("pieces/<slug:slug>/", views.piece_detail, name="piece_detail"),
    path("designers/", views.designer_list, name="designer_list"),
    path("designers/<slug:slug>/", views.designer_detail, name="designer_detail"),
    path("inspirations/<slug:slug>/", views.inspiration_detail, name="inspiration_detail"),
    path("letters/", letter_pages.letters, name="letters"),
    path("letters/asked/", letter_pages.asked, name="letters_asked"),
    path("letters/<slug:token>/", letter_pages.reader, name="letter_reader"),
    path("letters/<slug:token>/leave/", letter_pages.leave, name="letter_leave"),
    path("preview/<slug:token>/", previews.collection, name="collection_preview"),
    path("preview/<slug:token>/<slug:slug>/", previews.piece, name="piece_preview"),
]
