/* A test card pressed in the list fills the form without a new page; digits are grouped in fours. */
const number = document.getElementById('number');

const grouped = (text) => text.replace(/\D/g, '').slice(0, 16).replace(/(.{4})(?=.)/g, '$1 ');

if (number) {
  number.addEventListener('input', () => { number.value = grouped(number.value); });
  document.addEventListener('click', (event) => {
    const card = event.target.closest('[data-card]');
    if (!card) return;
    event.preventDefault();
    number.value = grouped(card.dataset.card);
    document.getElementById('expiry').value = '12 / 30';
    document.getElementById('cvc').value = '123';
    number.removeAttribute('aria-invalid');
    document.querySelector('[data-pay]').focus();
  });
}
